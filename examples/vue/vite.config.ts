// Where the app is served; the API allows exactly this origin.
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [vue()],
  // Loopback only; the API allows this origin, so another port would be no use.
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
})
