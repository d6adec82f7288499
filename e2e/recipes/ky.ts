import { createHttp } from '@latchkey/core/http'
import { auth } from './auth.js'

export const api = createHttp(auth)

export const projects = () => api.get('api/projects').json<readonly { readonly name: string }[]>()
