import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What becomes of the request at which a wire is cut: the server gets it, or never does. */
export type Cut = 'delivered' | 'lost'

/** A wire between a driver and its server that can be cut in the middle of a request. */
export interface CutWire {
  readonly port: number
  /** Cuts the connection of the next request that matches. @returns once what was delivered is answered by the server. */
  cutAt(request: RegExp, cut: Cut): Promise<void>
  /** How many requests have matched since the wire was last told where to cut. */
  count(): number
  close(): Promise<void>
}

interface Order {
  readonly cut: Cut
  readonly done: () => void
}

/** Listens on a port of its own, and passes everything on to a server. */
export async function cutWire(server: { readonly host: string; readonly port: number }): Promise<CutWire> {
  let order: Order | undefined
  let seen = 0
  let searched: RegExp | undefined
  const open = new Set<Socket>()
  const wire = createServer((near) => {
    const far = connect(server.port, server.host)
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => {}).on('close', () => open.delete(socket))
    }
    far.pipe(near)
    far.on('close', () => near.destroy())
    near.on('close', () => far.end())
    near.on('data', (chunk) => {
      const holds = searched?.test(chunk.toString('latin1')) === true
      if (holds) seen += 1
      if (!holds || !order) {
        far.write(chunk)
        return
      }
      const { cut, done } = order
      order = undefined
      far.unpipe(near)
      near.removeAllListeners('close').destroy()
      // The server answers a request that was delivered once it is carried out, and then hears that nobody listens.
      if (cut === 'delivered')
        far
          .once('data', () => far.end())
          .resume()
          .write(chunk)
      else far.destroy()
      far.once('close', done)
    })
  })
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve))
  return {
    port: (wire.address() as AddressInfo).port,
    cutAt: (request, cut) =>
      new Promise((done) => {
        seen = 0
        searched = request
        order = { cut, done }
      }),
    count: () => seen,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => wire.close(resolve))
    },
  }
}
