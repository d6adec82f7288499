CREATE TABLE "latchkey_challenge" (
	"hash" text PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"account_id" text,
	"bond" text,
	"tries" integer NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "latchkey_totp" (
	"account_id" text PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"confirmed_at" bigint,
	"last_step" bigint NOT NULL,
	"backup_codes" text[] NOT NULL,
	"tries" integer NOT NULL,
	"tries_since" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "latchkey_family" ADD COLUMN "amr" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "latchkey_challenge" ADD CONSTRAINT "latchkey_challenge_account_id_latchkey_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."latchkey_account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "latchkey_totp" ADD CONSTRAINT "latchkey_totp_account_id_latchkey_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."latchkey_account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "latchkey_challenge_account" ON "latchkey_challenge" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "latchkey_challenge_expiry" ON "latchkey_challenge" USING btree ("expires_at");