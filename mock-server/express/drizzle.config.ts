// Where drizzle-kit finds the schema and puts its migrations: `pnpm --filter @latchkey/express exec drizzle-kit generate`.
import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', schema: './src/schema.ts', out: './drizzle' })
