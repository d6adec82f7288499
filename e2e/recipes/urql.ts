import { Client, fetchExchange } from '@urql/core'
import { auth } from './auth.js'

export const urql = new Client({
  url: `${auth.baseURL}graphql`,
  exchanges: [fetchExchange],
  fetch: auth.fetch,
  preferGetMethod: false,
})

export const projects = async () => (await urql.query('{ projects { name } }', {})).data?.projects
