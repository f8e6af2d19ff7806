import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** What is to be called when connections close, of requests that wait there behind others. */
const waiting = new WeakMap<Duplex, Set<() => void>>()

/** Calls back once an answer has been sent, or its connection is closed. */
export function whenOver({ socket }: IncomingMessage, response: ServerResponse, over: () => void): void {
  if (response.socket !== null) {
    response.once('close', over)
    return
  }
  // It waits behind others on its connection, of whose end node:http tells only the answer that is in front.
  const ends = endsOf(socket)
  const end = (): void => {
    if (ends.delete(end)) over()
  }
  ends.add(end)
  response.once('close', end)
}

function endsOf(socket: Duplex): Set<() => void> {
  const known = waiting.get(socket)
  if (known) return known
  const ends = new Set<() => void>()
  waiting.set(socket, ends)
  // One listener for all of them, however many wait.
  socket.once('close', () => {
    for (const end of ends) end()
  })
  return ends
}
