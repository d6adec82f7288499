CREATE TABLE "latchkey_passkey" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" text NOT NULL,
	"counter" bigint NOT NULL,
	"transports" text NOT NULL,
	"is_synced" boolean NOT NULL,
	"name" text NOT NULL,
	"created_at" bigint NOT NULL,
	"last_used_at" bigint,
	CONSTRAINT "latchkey_passkey_credential_id_unique" UNIQUE("credential_id")
);
--> statement-breakpoint
ALTER TABLE "latchkey_passkey" ADD CONSTRAINT "latchkey_passkey_account_id_latchkey_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."latchkey_account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "latchkey_passkey_account" ON "latchkey_passkey" USING btree ("account_id");