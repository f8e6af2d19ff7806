import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { expect } from 'chai'
import { serverOf } from '../../container/server.js'

const limits = { headers: 300, request: 900 }

describe('Slow clients', () => {
  const slow = {
    headers: 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ',
    request: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{',
  }
  for (const what of ['headers', 'request'] as const) {
    it(`are cut off soon after the time for ${what === 'headers' ? 'their headers' : 'a whole request'}`, async () => {
      const server = serverOf(() => {}, limits)
      await once(server.listen(0, '127.0.0.1'), 'listening')
      try {
        const begun = performance.now()
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
        let answer = ''
        socket.on('data', (text) => void (answer += String(text)))
        socket.write(slow[what])
        await once(socket, 'close')
        expect(answer).to.match(/^HTTP\/1.1 408 /)
        // A busy machine may be late, but not by the half minute after which Node would look by itself.
        expect(performance.now() - begun).to.be.within(limits[what] - 50, limits[what] + 5000)
      } finally {
        server.closeAllConnections()
        server.close()
      }
    })
  }

  it('have 10 seconds for their headers and 30 for a request unless told', () => {
    const server = serverOf(() => {})
    expect([server.headersTimeout, server.requestTimeout]).to.deep.equal([10_000, 30_000])
    server.close()
  })
})
