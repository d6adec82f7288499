// Where the page is served; the API allows exactly this origin.
import { defineConfig } from 'vite'

export default defineConfig({ server: { host: '127.0.0.1', port: 5173, strictPort: true } })
