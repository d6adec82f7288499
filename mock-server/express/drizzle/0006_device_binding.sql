ALTER TABLE "latchkey_family" ADD COLUMN "device_hash" text;--> statement-breakpoint
ALTER TABLE "latchkey_family" ADD COLUMN "repeats" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "latchkey_family" ADD COLUMN "foreign_streak" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "latchkey_family" ADD COLUMN "foreign_at" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "latchkey_family" ADD COLUMN "late_streak" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "latchkey_family" ADD COLUMN "late_at" integer DEFAULT 0 NOT NULL;