// The words for a backend without a refresh token.
export const noRefreshToken = 'There is no refresh token: a session lives as its access token does.'
