// The frame around every page: who is here, where one can go, and whether the server answers.
import { Protect, SignedIn, SignedOut, useUser } from '@latchkey/react'
import { NavLink, Outlet, Link } from 'react-router'
import { FreshLogin } from './fresh-login'
import { SessionBanner } from './session-banner'

export function Layout() {
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="bar">
        <Link className="brand" to="/">
          <Key /> Latchkey
        </Link>
        <nav aria-label="Main">
          <SignedIn>
            <Protect role="admin">
              <NavLink to="/admin">Admin</NavLink>
            </Protect>
            <NavLink to="/notes">Notes</NavLink>
            <NavLink to="/devices">Devices</NavLink>
            <NavLink to="/security">Security</NavLink>
            <NavLink to="/account">
              <UserName />
            </NavLink>
          </SignedIn>
          <SignedOut>
            <NavLink to="/login">Log in</NavLink>
            <NavLink to="/register" className="cta">
              Register
            </NavLink>
          </SignedOut>
        </nav>
      </header>
      <SessionBanner />
      <FreshLogin />
      <div id="content" tabIndex={-1}>
        <Outlet />
      </div>
    </>
  )
}

function UserName() {
  const user = useUser()
  return user?.display_name ?? user?.email
}

const Key = () => (
  <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
    <circle cx="8" cy="15" r="4.5" />
    <path d="m11.5 11.5 8-8m-4 4 3 3" />
  </svg>
)
