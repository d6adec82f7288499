import { configureStore } from '@reduxjs/toolkit'
import { createApi, fetchBaseQuery } from '@reduxjs/toolkit/query'
import { auth } from './auth.js'

export const api = createApi({
  baseQuery: fetchBaseQuery({ baseUrl: auth.baseURL, fetchFn: auth.fetch }),
  endpoints: (build) => ({
    projects: build.query<readonly { readonly name: string }[], void>({ query: () => 'api/projects' }),
  }),
})

export const store = configureStore({
  reducer: { [api.reducerPath]: api.reducer },
  middleware: (defaults) => defaults().concat(api.middleware),
})

// The next account must not see what the last one has read.
auth.on(({ type }) => {
  if (type === 'logout' || type === 'expired' || type === 'account-changed') store.dispatch(api.util.resetApiState())
})

export const projects = () =>
  store.dispatch(api.endpoints.projects.initiate(undefined, { forceRefetch: true })).unwrap()
