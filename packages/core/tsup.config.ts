import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    http: 'src/http.ts',
    axios: 'src/axios.ts',
    account: 'src/account.ts',
    diagnose: 'src/diagnose.ts',
    dpop: 'src/dpop.ts',
    worker: 'src/worker.ts',
    passkeys: 'src/passkeys.ts',
    'event-source': 'src/event-source.ts',
    socket: 'src/socket.ts',
    profiles: 'src/profiles/index.ts',
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
