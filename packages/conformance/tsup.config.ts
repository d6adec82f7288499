import { defineConfig } from 'tsup'

const shared = { treeshake: true, silent: true, target: 'es2022', tsconfig: 'tsconfig.build.json' } as const

export default defineConfig([
  { ...shared, entry: { index: 'src/index.ts' }, format: ['esm', 'cjs'], dts: true },
  { ...shared, entry: { cli: 'src/cli.ts' }, format: ['esm'], dts: false },
])
