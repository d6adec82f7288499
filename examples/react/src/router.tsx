// The pages, and which of them ask for somebody to be signed in.
import { requireAuth } from '@latchkey/react/router'
import { createBrowserRouter, isRouteErrorResponse, useRouteError, type RouteObject } from 'react-router'
import { Account } from './account'
import { Admin } from './admin'
import { auth } from './auth'
import { ConfirmEmail } from './confirm-email'
import { Devices } from './devices'
import { Home } from './home'
import { Layout } from './layout'
import { Login } from './login'
import { ForgotPassword, ResetPassword, VerifyEmail } from './mail-pages'
import { Notes } from './notes'
import { Register } from './register'
import { Security } from './security'
import { Failure, Waiting } from './waiting'

function Wrong() {
  const error = useRouteError()
  const isForbidden = isRouteErrorResponse(error) && error.status === 403
  return <Failure title={isForbidden ? 'This page is for admins' : 'Something went wrong'} />
}

const guarded = (path: string, element: RouteObject['element'], role?: string): RouteObject => ({
  path,
  element,
  middleware: [requireAuth(auth, { role })],
  hydrateFallbackElement: <Waiting />,
  errorElement: <Wrong />,
})

export const router = createBrowserRouter([
  {
    element: <Layout />,
    children: [
      { path: '/', element: <Home /> },
      { path: '/login', element: <Login /> },
      { path: '/register', element: <Register /> },
      { path: '/forgot-password', element: <ForgotPassword /> },
      { path: '/reset-password', element: <ResetPassword /> },
      { path: '/verify-email', element: <VerifyEmail /> },
      { path: '/confirm-email', element: <ConfirmEmail /> },
      guarded('/account', <Account />),
      guarded('/notes', <Notes />),
      guarded('/devices', <Devices />),
      guarded('/security', <Security />),
      guarded('/admin', <Admin />, 'admin'),
      { path: '*', element: <Failure title="There is no such page" /> },
    ],
    errorElement: <Wrong />,
  },
])
