CREATE TABLE "latchkey_ticket" (
	"hash" text NOT NULL,
	"purpose" text NOT NULL,
	"account_id" text NOT NULL,
	"email" text NOT NULL,
	"expires_at" bigint NOT NULL,
	CONSTRAINT "latchkey_ticket_account_id_purpose_pk" PRIMARY KEY("account_id","purpose"),
	CONSTRAINT "latchkey_ticket_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
ALTER TABLE "latchkey_ticket" ADD CONSTRAINT "latchkey_ticket_account_id_latchkey_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."latchkey_account"("id") ON DELETE cascade ON UPDATE no action;