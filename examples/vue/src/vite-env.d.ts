// What Vite puts into `import.meta.env` for this app, and what a .vue file is.
interface ImportMetaEnv {
  readonly VITE_API_URL?: string
  readonly DEV: boolean
  /** Seconds of nothing until the session ends. */
  readonly VITE_IDLE_SECONDS?: string
}

interface ImportMeta {
  readonly env: ImportMetaEnv
}

declare module '*.css'

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent
  export default component
}
