import { createFetch } from 'ofetch'
import { auth } from './auth.js'

export const api = createFetch({ fetch: auth.fetch, defaults: { baseURL: auth.baseURL } })

export const projects = () => api<readonly { readonly name: string }[]>('/api/projects')
