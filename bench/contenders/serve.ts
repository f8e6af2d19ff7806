import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Where the rows of a contender are. */
export type Place =
  | { readonly engine: 'sqlite'; readonly file: string }
  | { readonly engine: 'postgres'; readonly schema: string; readonly server: PostgresServer }

/** How PostgreSQL is reached. */
export interface PostgresServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** What the process of a contender is told: where its rows are, and which variant of it is to run. */
export function told(): { readonly place: Place; readonly variant: string } {
  return JSON.parse(process.argv[2] ?? '{}') as { readonly place: Place; readonly variant: string }
}

/** Answers requests, and tells the process above the port. */
export function serve(listener: RequestListener): void {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port))
}

let tellPort!: (port: number) => void
/** The port at which requests are answered, for whoever runs a contender in a process of its own making. */
export const listening = new Promise<number>((resolve) => {
  tellPort = resolve
})

/**
 * Tells the process above, if there is one, where requests are answered, and what this process has spent when asked;
 * it ends with that one.
 */
export function announce(port: number): void {
  process.on('message', (word) => {
    if (word !== 'usage') return
    const { user, system } = process.cpuUsage()
    process.send!({ spent: user + system, peak: process.resourceUsage().maxRSS })
  })
  process.on('disconnect', () => process.exit())
  process.send?.({ port })
  tellPort(port)
}

/** How many connections to PostgreSQL each contender has; all of them run at once. */
export const poolSize = 4

/** A schema's session in UTC: the settings that PostgreSQL takes when it connects. */
export const sessionOptions = (schema: string): string => `-c search_path=${schema} -c TimeZone=UTC`
