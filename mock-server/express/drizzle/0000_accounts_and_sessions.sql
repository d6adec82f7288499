CREATE TABLE "latchkey_account" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"password_hash" text NOT NULL,
	"email_verified" boolean NOT NULL,
	"display_name" text,
	"role" text NOT NULL,
	"is_active" boolean NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "latchkey_account_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "latchkey_family" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"head" integer NOT NULL,
	"head_handed_at" bigint NOT NULL,
	"head_confirmed_at" bigint,
	"created_at" bigint NOT NULL,
	"last_used_at" bigint NOT NULL,
	"idle_expires_at" bigint NOT NULL,
	"absolute_expires_at" bigint NOT NULL,
	"revoked_at" bigint,
	"revoked_reason" text,
	"user_agent" text,
	"ip" text
);
--> statement-breakpoint
CREATE TABLE "latchkey_refresh_token" (
	"hash" text PRIMARY KEY NOT NULL,
	"family_id" text NOT NULL,
	"generation" integer NOT NULL,
	"consumed_at" bigint,
	"nonce" text,
	CONSTRAINT "latchkey_refresh_token_generation" UNIQUE("family_id","generation")
);
--> statement-breakpoint
ALTER TABLE "latchkey_family" ADD CONSTRAINT "latchkey_family_account_id_latchkey_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."latchkey_account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "latchkey_refresh_token" ADD CONSTRAINT "latchkey_refresh_token_family_id_latchkey_family_id_fk" FOREIGN KEY ("family_id") REFERENCES "public"."latchkey_family"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "latchkey_family_account" ON "latchkey_family" USING btree ("account_id");