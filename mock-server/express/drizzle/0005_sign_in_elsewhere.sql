CREATE TABLE "latchkey_identity" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider" text NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"email" text,
	"made_up_hash" text,
	"created_at" bigint NOT NULL,
	CONSTRAINT "latchkey_identity_subject" UNIQUE("issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "latchkey_slip" (
	"hash" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"content" text NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "latchkey_identity" ADD CONSTRAINT "latchkey_identity_account_id_latchkey_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."latchkey_account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "latchkey_identity_account" ON "latchkey_identity" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "latchkey_slip_expiry" ON "latchkey_slip" USING btree ("expires_at");