import { type ForwardedHeader, forwardedHops } from './forwarded-hops.js'
import { canonicalAddress } from './ip-address.js'
import { type OptionNames, requireKnownBy } from './known-options.js'
import { type TrustedProxies, trustTest } from './trusted-proxies.js'

/** What a request has to have for its client to be found; requests of node:http, Express and Koa do. */
export interface AddressedRequest {
  readonly socket: { readonly remoteAddress?: string | undefined }
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Whom to believe about the address of a client. */
export interface ClientIpOptions {
  /** The proxies to believe; none unless given. */
  readonly trust?: TrustedProxies
  /** The one header they write; any other is ignored. `x-forwarded-for` unless given. */
  readonly header?: ForwardedHeader
}

/** The names of these options. */
export const clientIpOptions: OptionNames<ClientIpOptions> = { trust: true, header: true }

/** Finds the address of the client of a request; undefined where the connection is closed already. */
export type ClientIpReader = (request: AddressedRequest) => string | undefined

/**
 * Makes what finds the client of a request. It walks the chain of hops from the connection outwards while they are
 * trusted proxies, and answers with the first that is not: what that one claims of others may be made up. Where a hop
 * is written as garbage the nearest proxy is the answer. The answer is always one valid IP address in one spelling
 * (`canonicalAddress`), so it is fit for keys and logs.
 * @throws {UsageError} E_TRUSTED_PROXIES for options that trust nobody in particular, such as `true` or `0.0.0.0/0`.
 */
export function clientIpReader(options: ClientIpOptions = {}): ClientIpReader {
  requireKnownBy(clientIpReader, options, clientIpOptions)
  const { trust = [], header = 'x-forwarded-for' } = options
  const trusted = trustTest(trust)
  return ({ socket, headers }) => {
    let nearest = canonicalAddress(socket.remoteAddress ?? '')
    let distance = 0
    if (!trusted(nearest, distance)) return nearest
    for (const hop of forwardedHops(header, joined(headers[header]))) {
      const address = hop === undefined ? undefined : canonicalAddress(hop)
      if (address === undefined) return nearest
      nearest = address
      distance += 1
      if (!trusted(nearest, distance)) return nearest
    }
    return nearest
  }
}

const readers = new WeakMap<ClientIpOptions, ClientIpReader>()
const trustNobody = clientIpReader()
let warned = false

/**
 * The address of the client of a request. Without options no proxy is trusted, and it is who opened the connection.
 * Keep the options in a constant: they are read once.
 * @throws {UsageError} E_TRUSTED_PROXIES for options that trust nobody in particular, such as `true` or `0.0.0.0/0`.
 */
export function getClientIp(request: AddressedRequest, options?: ClientIpOptions): string | undefined {
  requireKnownBy(getClientIp, options, clientIpOptions)
  if (options) return readerFor(options)(request)
  if (!warned && request.headers['x-forwarded-for'] !== undefined) {
    warned = true
    process.emitWarning(
      'A request came with X-Forwarded-For, but getClientIp() was not told of any proxy, so the header is ignored. ' +
        'If the application runs behind proxies, say which: getClientIp(request, { trust: 1 }); if not, { trust: [] }.',
      { code: 'PLINTH_PROXY_UNKNOWN' },
    )
  }
  return trustNobody(request)
}

function readerFor(options: ClientIpOptions): ClientIpReader {
  const reader = readers.get(options) ?? clientIpReader(options)
  readers.set(options, reader)
  return reader
}

function joined(lines: string | readonly string[] | undefined): string {
  return typeof lines === 'string' ? lines : (lines ?? []).join(',')
}
