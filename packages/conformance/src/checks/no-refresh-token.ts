// The words for a backend without a refresh token.
export const noRefreshToken = 'There is no refresh token to exchange: the session is one token, or one cookie.'
