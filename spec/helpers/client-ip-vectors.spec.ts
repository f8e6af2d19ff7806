import { expect } from 'chai'
import { clientIpReader } from 'plinth'
import { forwardedHops } from '../../src/helpers/forwarded-hops.js'
import { describeWithData } from '../support/data.js'
import { refusal } from '../support/refusal.js'

interface ProxyCase {
  readonly path: string
  readonly api: 'addr' | 'all'
  readonly socket?: string
  readonly headers: Readonly<Record<string, string>>
  readonly trust: string | readonly string[] | Readonly<Record<string, 'all' | 'none' | 'trust10x'>>
  readonly expected?: string | readonly string[]
}

const asOurs = { all: 9, none: 0, trust10x: ['10.0.0.0/8'] } as const

/** Where we answer differently: by the path of the case, what we answer. */
const differences: ReadonlyMap<string, string> = new Map([
  // Garbage is never an answer: the nearest trusted proxy is.
  ['should not trust non-IP addresses', '10.0.0.1'],
  ['should stop at first non-ip after trusted', '127.0.0.1'],
  ['should stop at first malformed ip after trusted', '127.0.0.1'],
])

describeWithData('getClientIp and the cases of proxy-addr', 'client-ip', (data) => {
  it('answers 36 of 36, four of them in our own way', () => {
    const { cases } = data.json<{ cases: readonly ProxyCase[] }>('proxy-addr.json')
    expect(cases).to.have.lengthOf(36)
    for (const { path, socket, headers, trust, expected } of cases) {
      const name = path.split(' > ').at(-1)!
      const ours =
        typeof trust === 'string'
          ? [trust]
          : Array.isArray(trust)
            ? trust
            : asOurs[Object.values(trust)[0] as keyof typeof asOurs]
      if (name === 'should accept netmask notation') {
        // A mask can have holes; networks are written with their length.
        refusal('E_TRUSTED_PROXIES', () => clientIpReader({ trust: ours }))
        continue
      }
      const request = { socket: { remoteAddress: socket }, headers }
      // Where the whole chain is asked for, its end is the client.
      const theirs = typeof expected === 'object' ? expected.at(-1) : expected
      expect(clientIpReader({ trust: ours })(request), path).to.equal(differences.get(name) ?? theirs)
    }
  })
})

describeWithData('The Forwarded header and the cases of forwarded-parse', 'client-ip', (data) => {
  it('finds the nodes of all 5', () => {
    const { cases } = data.json<{
      cases: readonly { readonly input: string; readonly expected: readonly Readonly<Record<string, string>>[] }[]
    }>('forwarded-parse.json')
    expect(cases).to.have.lengthOf(5)
    for (const { input, expected } of cases) {
      // The cases speak of a parameter "foo" where ours look for "for", and we read from the right.
      const nodes = [...forwardedHops('forwarded', input.replace(/\bfoo=/gi, 'for='))].toReversed()
      expect(nodes, input).to.deep.equal(expected.map((pairs) => pairs['foo'] || undefined))
    }
  })
})
