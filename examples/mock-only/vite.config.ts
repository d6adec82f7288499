// No server but Vite's own, which also serves MSW's worker: for development, and for a build that is a demonstration.
import { msw } from 'msw/vite'
import { defineConfig } from 'vite'

export default defineConfig({ plugins: [msw({ mode: 'worker-only' })] })
