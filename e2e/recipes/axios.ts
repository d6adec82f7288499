import { create } from 'axios'
import { attachToAxios } from '@latchkey/core/axios'
import { auth } from './auth.js'

export const api = create({ baseURL: auth.baseURL })
attachToAxios(api, auth)

export const projects = async () => (await api.get<readonly { readonly name: string }[]>('/api/projects')).data
