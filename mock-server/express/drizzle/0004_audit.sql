CREATE TABLE "latchkey_audit" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"type" text NOT NULL,
	"account_id" text,
	"sid" text,
	"actor_id" text,
	"ip" text,
	"detail" text
);
--> statement-breakpoint
CREATE INDEX "latchkey_audit_account" ON "latchkey_audit" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "latchkey_audit_at" ON "latchkey_audit" USING btree ("at");