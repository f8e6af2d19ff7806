import { getClientIp } from '../../helpers/client-ip.js'
import { networkOf } from '../../helpers/ip-address.js'
import type { DeclaredLimit } from '../../rate-limit/rate-limit-fact.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'

/** Says for whom a request counts. */
export type CallerOf = (exchange: Exchange) => string

/** Whether it is known before anybody is asked who makes the request. */
export function isKnownAtOnce(
  { per }: Pick<DeclaredLimit, 'per'>,
  { authenticate }: Pick<PipelineHost, 'authenticate'>,
): boolean {
  return per === 'client' || per === 'all' || (per === undefined && !authenticate)
}

/**
 * Compiles for whom requests count. A user is whoever is signed in, and otherwise the address of the client; so is
 * everybody for whom a function gives nothing, so that nobody goes uncounted.
 */
export function compileCaller(
  { per = 'user' }: Pick<DeclaredLimit, 'per'>,
  { clientIp }: Pick<PipelineHost, 'clientIp'>,
): CallerOf {
  const client: CallerOf = ({ request }) => clientOf(getClientIp(request, clientIp))
  if (per === 'all') return () => 'all'
  if (per === 'client') return client
  const user: CallerOf = (exchange) => (exchange.user ? `u:${exchange.user.id}` : client(exchange))
  if (per === 'user') return user
  const given = per as (exchange: Exchange) => string | undefined
  return (exchange) => {
    const text = given(exchange)
    return text === undefined ? user(exchange) : `f:${text}`
  }
}

/** All whose connection is closed already count together. */
const clientOf = (address: string | undefined): string =>
  address === undefined ? 'unknown' : `c:${networkOf(address)}`
