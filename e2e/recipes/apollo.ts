import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { auth } from './auth.js'

export const apollo = new ApolloClient({
  cache: new InMemoryCache(),
  link: new HttpLink({ uri: `${auth.baseURL}graphql`, fetch: auth.fetch }),
})

// The next account must not see what the last one has read.
auth.on(({ type }) => {
  if (type === 'logout' || type === 'expired' || type === 'account-changed') void apollo.clearStore()
})

const query = gql`
  {
    projects {
      name
    }
  }
`
export const projects = async () =>
  (await apollo.query<{ projects: readonly { readonly name: string }[] }>({ query, fetchPolicy: 'network-only' })).data
    ?.projects
