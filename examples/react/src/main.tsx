// Where the app starts: the client above everything, and the router that follows its session.
import { AuthProvider } from '@latchkey/react'
import { followSession } from '@latchkey/react/router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router'
import { auth } from './auth'
import { router } from './router'

followSession(auth, router)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <AuthProvider client={auth}>
      <RouterProvider router={router} />
    </AuthProvider>
  </StrictMode>,
)
