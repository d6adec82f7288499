import { readdir, readFile, writeFile } from 'node:fs/promises'
import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    forms: 'src/forms.ts',
    passkeys: 'src/passkeys.ts',
    idle: 'src/idle.ts',
    router: 'src/router.ts',
    'tanstack-query': 'src/tanstack-query.ts',
    'tanstack-router': 'src/tanstack-router.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  splitting: true,
  treeshake: true,
  clean: true,
  silent: true,
  target: 'es2022',
  tsconfig: 'tsconfig.build.json',
  // Not by `banner`: the tree shaking drops it, and in CommonJS it would not come first.
  async onSuccess() {
    const files = (await readdir('dist')).filter((file) => /\.c?js$/.test(file))
    for (const file of files) await writeFile(`dist/${file}`, `'use client';${await readFile(`dist/${file}`, 'utf8')}`)
  },
})
