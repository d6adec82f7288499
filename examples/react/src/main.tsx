// Where the app starts: the client above everything, and the router that follows its session.
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has no name
import '../../shared/styles.css'
import { AuthProvider } from '@latchkey/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router'
import { auth } from './auth'
import { router } from './router'

// A logout runs the guards again, in this tab or another. A session that expires does not: the banner says so, and what was
// typed stays.
auth.on(({ type }) => {
  if (type === 'logout' || type === 'account-changed') void router.revalidate()
})

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <AuthProvider client={auth}>
      <RouterProvider router={router} />
    </AuthProvider>
  </StrictMode>,
)
