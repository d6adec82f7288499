// The pages, and which of them ask for somebody to be signed in.
import { createAuthGuard, type AuthRouteMeta } from '@latchkey/vue/router'
import { createRouter, createWebHistory } from 'vue-router'
import { auth } from './auth'
import Account from './pages/Account.vue'
import Admin from './pages/Admin.vue'
import ConfirmEmail from './pages/ConfirmEmail.vue'
import Devices from './pages/Devices.vue'
import ForgotPassword from './pages/ForgotPassword.vue'
import Home from './pages/Home.vue'
import Login from './pages/Login.vue'
import Message from './pages/Message.vue'
import Notes from './pages/Notes.vue'
import Register from './pages/Register.vue'
import ResetPassword from './pages/ResetPassword.vue'
import Security from './pages/Security.vue'
import VerifyEmail from './pages/VerifyEmail.vue'

declare module 'vue-router' {
  interface RouteMeta extends AuthRouteMeta {
    readonly title?: string
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: Home, meta: { title: 'Latchkey, the Vue example' } },
    { path: '/login', component: Login, meta: { title: 'Log in · Latchkey' } },
    { path: '/register', component: Register, meta: { title: 'Create an account · Latchkey' } },
    { path: '/forgot-password', component: ForgotPassword, meta: { title: 'Forgot your password · Latchkey' } },
    { path: '/reset-password', component: ResetPassword, meta: { title: 'A new password · Latchkey' } },
    { path: '/verify-email', component: VerifyEmail, meta: { title: 'Confirm your address · Latchkey' } },
    { path: '/confirm-email', component: ConfirmEmail, meta: { title: 'Confirm your new address · Latchkey' } },
    { path: '/account', component: Account, meta: { requiresAuth: true, title: 'Your account · Latchkey' } },
    { path: '/notes', component: Notes, meta: { requiresAuth: true, title: 'Notes · Latchkey' } },
    { path: '/devices', component: Devices, meta: { requiresAuth: true, title: 'Your devices · Latchkey' } },
    { path: '/security', component: Security, meta: { requiresAuth: true, title: 'Security · Latchkey' } },
    { path: '/admin', component: Admin, meta: { roles: ['admin'], title: 'Admin · Latchkey' } },
    {
      path: '/forbidden',
      component: Message,
      props: { title: 'This page is for admins' },
      meta: { title: 'Not for you · Latchkey' },
    },
    {
      path: '/:rest(.*)*',
      component: Message,
      props: { title: 'There is no such page' },
      meta: { title: 'No such page · Latchkey' },
    },
  ],
})

router.beforeEach(createAuthGuard(auth, { forbiddenPath: '/forbidden' }))
router.afterEach(({ meta }) => {
  document.title = meta.title ?? 'Latchkey'
})
