// What people call their routes, their fields and their schemes, the usual ones first; where a probe knocks.
export const prefixes = [
  '',
  'auth/',
  'api/auth/',
  'api/',
  'api/v1/auth/',
  'api/v1/',
  'v1/auth/',
  'v1/',
  'users/',
  'account/',
  'user/',
]
export const logins = ['login', 'sign-in', 'signin', 'sign_in', 'token', 'session', 'sessions', 'authenticate']
export const registers = ['register', 'signup', 'sign-up', 'sign_up', 'registration', 'users']
export const refreshes = [
  'refresh',
  'token/refresh',
  'refresh-token',
  'refresh_token',
  'renew',
  'sign-in/again',
  'session',
  'session/refresh',
  'sessions/refresh',
  'token',
]
export const users = ['me', 'user', 'users/me', 'profile', 'whoami', 'account', 'session']
export const logouts = ['logout', 'sign-out', 'signout', 'sign_out', 'session', 'sessions']
export const names = ['email', 'username', 'login', 'user', 'name', 'identifier']
export const schemes = [
  'Authorization: Bearer',
  'Authorization: Token',
  'Authorization: JWT',
  'X-Auth-Token:',
  'X-Access-Token:',
]
