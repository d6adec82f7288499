// The pages, and which of them ask for somebody to be signed in.
import { requireAuth } from '@latchkey/react/router'
import { createBrowserRouter } from 'react-router'
import { Account } from './account'
import { auth } from './auth'
import { Home } from './home'
import { Layout } from './layout'
import { Login } from './login'
import { Register } from './register'
import { Failure, Waiting } from './waiting'

export const router = createBrowserRouter([
  {
    element: <Layout />,
    children: [
      { path: '/', element: <Home /> },
      { path: '/login', element: <Login /> },
      { path: '/register', element: <Register /> },
      {
        path: '/account',
        middleware: [requireAuth(auth)],
        element: <Account />,
        hydrateFallbackElement: <Waiting />,
      },
      { path: '*', element: <Failure title="There is no such page" /> },
    ],
    errorElement: <Failure title="Something went wrong" />,
  },
])
