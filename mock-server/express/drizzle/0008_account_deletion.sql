ALTER TABLE "latchkey_audit" ADD COLUMN "device" text;--> statement-breakpoint
CREATE INDEX "latchkey_audit_actor" ON "latchkey_audit" USING btree ("actor_id");