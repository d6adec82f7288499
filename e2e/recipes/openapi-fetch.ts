import createClient from 'openapi-fetch'
import { auth } from './auth.js'
import type { paths } from './schema.js'

export const api = createClient<paths>({ baseUrl: auth.baseURL, fetch: auth.fetch })

export const projects = async () => (await api.GET('/api/projects')).data
