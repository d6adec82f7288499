// What Vite puts into `import.meta.env` for this app.
interface ImportMetaEnv {
  readonly VITE_API_URL?: string
  /** Seconds of nothing until the session ends. */
  readonly VITE_IDLE_SECONDS?: string
}

interface ImportMeta {
  readonly env: ImportMetaEnv
}

declare module '*.css'
