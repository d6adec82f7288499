import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    forms: 'src/forms.ts',
    passkeys: 'src/passkeys.ts',
    suspense: 'src/suspense.ts',
    devtools: 'src/devtools.ts',
    idle: 'src/idle.ts',
    router: 'src/router.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  splitting: true,
  treeshake: true,
  clean: true,
  silent: true,
  target: 'es2022',
  tsconfig: 'tsconfig.build.json',
})
