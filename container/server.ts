import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, Server as Listener } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/** Where an application answers. */
export interface Address {
  readonly host: string
  readonly port: number
  /** Without a slash at its end. */
  readonly url: string
}

/** How long clients may take, in milliseconds. */
interface ClientLimits {
  readonly headers: number
  /** With its headers. */
  readonly request: number
}

const clientLimits: ClientLimits = { headers: 10_000, request: 30_000 }

/** A server that gives clients 10 seconds for the headers and 30 for a whole request, so that slow ones hold nothing. */
export function serverOf(handler: RequestListener, { headers, request }: ClientLimits = clientLimits): Server {
  // Node looks at its connections every 30 seconds unless told, and ends none of them before.
  const connectionsCheckingInterval = Math.ceil(headers / 10)
  return createServer({ headersTimeout: headers, requestTimeout: request, connectionsCheckingInterval }, handler)
}

/** Listens, and says where. */
export function listening(server: Server, port: number, host?: string): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
      server.off('error', reject)
      resolve(addressOf(server.address() as AddressInfo))
    })
  })
}

function addressOf({ address, port, family }: AddressInfo): Address {
  const everywhere = address === '::' || address === '0.0.0.0'
  const host = everywhere ? 'localhost' : address
  return { host: address, port, url: `http://${family === 'IPv6' && !everywhere ? `[${host}]` : host}:${port}` }
}

/** Accepts nothing more, and waits until what runs is done, as `drained` tells; after `limit` milliseconds it cuts connections. */
export async function stopped(server: Server, drained: Promise<void>, limit: number): Promise<void> {
  const closed = new Promise<void>((resolve) => void Listener.prototype.close.call(server, () => resolve()))
  // A server of HTTP cuts connections that seem idle. What has arrived on one of them is read within a turn of the event loop.
  await setImmediate()
  await setImmediate()
  server.close()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limit)
  })
  await Promise.race([drained, late])
  clearTimeout(timer)
  // Whoever has had an answer and keeps the connection open has no request on it any more.
  server.closeAllConnections()
  await closed
}
