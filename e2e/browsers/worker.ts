// The test page's worker, dedicated or shared: where the refresh token rests that no page ever sees.
import { keepRefreshTokens } from '@latchkey/core/worker'

keepRefreshTokens({ baseURL: new URL(location.href).searchParams.get('api') ?? '/' })
