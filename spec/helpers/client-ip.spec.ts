import { execFile } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import { promisify } from 'node:util'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { type ClientIpOptions, canonicalAddress, clientIpReader, getClientIp, type TrustedProxies } from 'plinth'
import { forwardedHops } from '../../src/helpers/forwarded-hops.js'
import { refusal } from '../support/refusal.js'

/** The client of a connection from `from` with an X-Forwarded-For header. */
function clientOf(
  from: string | undefined,
  chain: string | readonly string[],
  trust: TrustedProxies,
): string | undefined {
  return clientIpReader({ trust })({ socket: { remoteAddress: from }, headers: { 'x-forwarded-for': chain } })
}

/** The client of a connection from 10.0.0.1 with a Forwarded header, behind proxies in 10.0.0.0/8. */
function forwardedClient(chain: string, trust: TrustedProxies = ['10.0.0.0/8']): string | undefined {
  const read = clientIpReader({ trust, header: 'forwarded' })
  return read({ socket: { remoteAddress: '10.0.0.1' }, headers: { forwarded: chain, 'x-forwarded-for': '6.6.6.6' } })
}

describe('getClientIp', () => {
  const request = { socket: { remoteAddress: '10.0.0.1' }, headers: { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' } }

  it('trusts nobody unless told to', () => {
    expect(getClientIp(request, {})).to.equal('10.0.0.1')
    expect(getClientIp(request, { trust: [] })).to.equal('10.0.0.1')
    expect(getClientIp(request, { trust: 0 })).to.equal('10.0.0.1')
    expect(getClientIp({ socket: {}, headers: {} }, { trust: 0 })).to.equal(undefined)
  })

  it('warns once of a header that nobody was told to believe', async () => {
    const file = new URL('../../src/helpers/client-ip.js', import.meta.url).href
    const program = `
      import { getClientIp } from ${JSON.stringify(file)}
      const request = ${JSON.stringify(request)}
      getClientIp({ ...request, headers: {} })
      for (let times = 0; times < 3; times += 1) getClientIp(request)
      process.on('warning', ({ code, message }) => process.stdout.write(code + ': ' + message + ';'))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
    expect(stdout).to.equal(
      'PLINTH_PROXY_UNKNOWN: A request came with X-Forwarded-For, but getClientIp() was not told of any proxy, so the header is ignored. ' +
        'If the application runs behind proxies, say which: getClientIp(request, { trust: 1 }); if not, { trust: [] }.;',
    )
  })

  it('walks outwards as far as it trusts', () => {
    expect(getClientIp(request, { trust: 1 })).to.equal('203.0.113.9')
    expect(getClientIp(request, { trust: 2 })).to.equal('6.6.6.6')
    expect(getClientIp(request, { trust: 9 })).to.equal('6.6.6.6')
    expect(getClientIp(request, { trust: ['10.0.0.0/8'] })).to.equal('203.0.113.9')
    expect(getClientIp(request, { trust: ['10.0.0.1', '203.0.113.0/24'] })).to.equal('6.6.6.6')
    expect(getClientIp(request, { trust: ['192.168.0.0/16'] })).to.equal('10.0.0.1')
  })

  it('reads requests of node:http, however many lines a header has', async () => {
    const options: ClientIpOptions = { trust: ['loopback'] }
    const server: Server = createServer((incoming, response) => response.end(getClientIp(incoming, options)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      const headers = new Headers([
        ['x-forwarded-for', '6.6.6.6'],
        ['x-forwarded-for', '203.0.113.9'],
      ])
      expect(await (await fetch(address)).text()).to.equal('127.0.0.1')
      expect(await (await fetch(address, { headers })).text()).to.equal('203.0.113.9')
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it('looks at the one header it was told of', () => {
    const headers = { forwarded: 'for=192.0.2.60', 'x-forwarded-for': '6.6.6.6' }
    const both = { socket: { remoteAddress: '10.0.0.1' }, headers }
    expect(getClientIp(both, { trust: 1 })).to.equal('6.6.6.6')
    expect(getClientIp(both, { trust: 1, header: 'forwarded' })).to.equal('192.0.2.60')
  })

  it('is reached through a socket of the file system when the proxies are counted', () => {
    expect(clientOf(undefined, '203.0.113.9', 1)).to.equal('203.0.113.9')
    expect(clientOf(undefined, 'unknown', 1)).to.equal(undefined)
    expect(clientOf(undefined, '203.0.113.9', ['loopback'])).to.equal(undefined)
  })
})

describe('A chain of clients', () => {
  it('is written in any of the forms there are', () => {
    const forms: Readonly<Record<string, string>> = {
      ' 203.0.113.9\t': '203.0.113.9',
      '203.0.113.9:5678': '203.0.113.9',
      '::ffff:203.0.113.9': '203.0.113.9',
      '::FFFF:cb00:7109': '203.0.113.9',
      '2001:DB8:0:0::0001': '2001:db8::1',
      '[2001:db8::1]': '2001:db8::1',
      '[2001:db8::1]:443': '2001:db8::1',
      '[::ffff:203.0.113.9]:443': '203.0.113.9',
      'fe80::1%eth0': 'fe80::1',
      '[fe80::1%25en0]:80': 'fe80::1',
      '203.0.113.9,': '203.0.113.9',
      ',,203.0.113.9, ,': '203.0.113.9',
    }
    for (const [form, address] of Object.entries(forms)) expect(clientOf('10.0.0.1', form, 1), form).to.equal(address)
  })

  it('leads to the nearest proxy where it holds garbage, and never beyond', () => {
    const garbage = [
      'unknown',
      '_hidden',
      'localhost',
      'evil"><script>alert(1)</script>',
      '0x7f.1',
      '2130706433',
      '127.1',
      '01.2.3.4',
      '1.2.3.4.5',
      '256.1.1.1',
      '1.2.3.4/8',
      '1.2.3.4 5.6.7.8',
      '::8:8:8:8:8:8:8:8:8',
      '[2001:db8::1',
      '2001:db8::1]',
      '[1.2.3.4',
      'x[203.0.113.9]',
      '[203.0.113.9]x',
      'x203.0.113.9:80',
      '203.0.113.9:80/',
      '１.2.3.4',
      '1.2.3.4\0',
      'null',
      'undefined',
    ]
    for (const one of garbage) {
      expect(clientOf('10.0.0.1', `6.6.6.6, ${one}`, 5), one).to.equal('10.0.0.1')
      expect(clientOf('10.0.0.1', `6.6.6.6, ${one}, 10.0.0.2`, ['10.0.0.0/8']), one).to.equal('10.0.0.2')
    }
  })

  it('cannot be forged from further away than the last trusted proxy', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.ipV4(), (made, honest) => {
        fc.pre(!honest.startsWith('10.'))
        expect(clientOf('10.0.0.1', `${made}, ${honest}`, ['10.0.0.0/8'])).to.equal(honest)
        expect(clientOf('10.0.0.1', [made, honest], 1)).to.equal(honest)
        expect(forwardedClient(`${made}, for=${honest}`)).to.equal(honest)
        expect(forwardedClient(`${made},for="${honest}:99";proto=https`, 1)).to.equal(honest)
      }),
    )
  })

  it('always leads to one IP address in its one spelling', () => {
    const part = fc.oneof(fc.string({ unit: 'binary' }), fc.ipV4(), fc.ipV6(), fc.ipV4Extended(), fc.constant(','))
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        for (const client of [
          clientOf('::ffff:10.0.0.1', parts.join(','), 9),
          forwardedClient(parts.join(';for='), 9),
        ]) {
          expect(isIP(client ?? '')).to.be.greaterThan(0)
          expect(canonicalAddress(client!)).to.equal(client)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('The Forwarded header', () => {
  it('is read as RFC 7239 writes it', () => {
    expect(forwardedClient('for="_gazonk"')).to.equal('10.0.0.1')
    expect(forwardedClient('For="[2001:db8:cafe::17]:4711"')).to.equal('2001:db8:cafe::17')
    expect(forwardedClient('for=192.0.2.60;proto=http;by=203.0.113.43')).to.equal('192.0.2.60')
    expect(forwardedClient('for=192.0.2.43, for=198.51.100.17')).to.equal('198.51.100.17')
    expect(forwardedClient('for=192.0.2.43, for="[2001:db8:cafe::17]", for=unknown')).to.equal('10.0.0.1')
    expect(forwardedClient('for=192.0.2.43, for=10.0.0.7;host="a,b;for=6.6.6.6"')).to.equal('192.0.2.43')
  })

  it('leads to the nearest proxy where an element names nobody', () => {
    for (const chain of [
      '',
      'proto=https',
      'for=',
      'for=""',
      'for',
      '192.0.2.60',
      'for=192.0.2.60;',
      ';for=192.0.2.60',
    ]) {
      expect(forwardedClient(chain), chain).to.equal('10.0.0.1')
      if (chain !== '') expect(forwardedClient(`for=6.6.6.6, ${chain}`, 9), chain).to.equal('10.0.0.1')
    }
  })

  it('may have empty elements, which are none', () => {
    for (const chain of [',for=203.0.113.9', 'for=203.0.113.9,', 'for=203.0.113.9 , ,', ', ,for=203.0.113.9']) {
      expect([...forwardedHops('forwarded', chain)], chain).to.deep.equal(['203.0.113.9'])
    }
    expect([...forwardedHops('forwarded', 'for=203.0.113.9,,for=10.0.0.2')]).to.deep.equal(['10.0.0.2', '203.0.113.9'])
    expect([...forwardedHops('forwarded', '')]).to.deep.equal([])
    expect([...forwardedHops('x-forwarded-for', ' , ,')]).to.deep.equal([])
  })

  it('is not swallowed by a quote that the client left open', () => {
    const open = ['for="', 'for="6.6.6.6', 'for=6.6.6.6;host="', 'for="\\', '"', 'for="a\\"']
    for (const forged of open) {
      expect(forwardedClient(`${forged}, for=203.0.113.9`), forged).to.equal('203.0.113.9')
      expect(forwardedClient(`${forged}, for=10.0.0.9`), forged).to.equal('10.0.0.9')
    }
  })

  it('is not split by a comma the client had the proxy quote', () => {
    for (const host of ['a, for=6.6.6.6', 'a, for=6.6.6.6;x=', 'a, for=6.6.6.6;x=\\"y', ', for=6.6.6.6, ']) {
      expect(forwardedClient(`for=203.0.113.9;host="${host}"`), host).to.equal('203.0.113.9')
    }
  })

  it('is not read over and over for its commas', () => {
    expect(forwardedClient(`for=6.6.6.6, for="${','.repeat(8000)}"`)).to.equal('10.0.0.1')
    expect(forwardedClient(`for=203.0.113.9;host="${','.repeat(15)}"`)).to.equal('203.0.113.9')
    expect(forwardedClient(`for=203.0.113.9;host="${','.repeat(16)}"`)).to.equal('10.0.0.1')
  })
})

describe('Trusted proxies', () => {
  it('are refused where they are nobody in particular', () => {
    const everybody = [
      true,
      false,
      null,
      'loopback',
      {},
      -1,
      33,
      1.5,
      Number.NaN,
      ['0.0.0.0/0'],
      ['::/0'],
      ['10.0.0.1/0'],
      ['::ffff:0:0/96'],
      ['::/64'],
      ['8.0.0.0/8', '::/1'],
    ]
    const unreadable = [
      ['10.0.0'],
      ['10.0.0.0/33'],
      ['::/129'],
      ['10.0.0.0/255.0.0.0'],
      ['proxy.internal'],
      ['10.0.0.0/ 8'],
    ]
    const strange = [[''], ['10.0.0.1/8/8'], ['fe80::1%eth0'], ['toString'], ['0x0a.0.0.1'], ['10.0.0.1/08x'], ['/8']]
    for (const trust of [...everybody, ...unreadable, ...strange]) {
      const message = refusal('E_TRUSTED_PROXIES', () => clientIpReader({ trust: trust as TrustedProxies }))
      expect(message).to.match(/Give the number of proxies before the application, or a list of their addresses/)
    }
  })

  it('are refused with what is wrong of them', () => {
    const remedy = 'Give the number of proxies before the application, or a list of their addresses and networks.'
    const refusals: readonly (readonly [trust: unknown, problem: string])[] = [
      [true, '"trust: true" says nothing of who is trusted.'],
      ['loopback', '"trust: loopback" says nothing of who is trusted.'],
      [33, 'The number of trusted proxies is an integer from 0 to 32, not 33.'],
      [-1, 'The number of trusted proxies is an integer from 0 to 32, not -1.'],
      [['proxy.internal'], '"proxy.internal" is neither an IP address nor a network such as 10.0.0.0/8.'],
      [['0.0.0.0/0'], '"0.0.0.0/0" holds every address of IPv4, so anybody could say who they are.'],
      [['::ffff:0:0/96'], '"::ffff:0:0/96" holds every address of IPv4, so anybody could say who they are.'],
    ]
    for (const [trust, problem] of refusals) {
      const message = refusal('E_TRUSTED_PROXIES', () => clientIpReader({ trust: trust as TrustedProxies }))
      expect(message).to.equal(`${problem} ${remedy}`)
    }
  })

  it('are 32 at most', () => {
    const chain = Array.from({ length: 33 }, (_, index) => `203.0.113.${index}`)
    expect(clientOf('10.0.0.1', chain, 32)).to.equal('203.0.113.1')
  })

  it('of IPv4 can be written as IPv6 has them', () => {
    const trusts: Readonly<Record<string, readonly [inside: string, outside: string]>> = {
      '::ffff:10.0.0.0/104': ['10.255.0.1', '11.0.0.1'],
      '::ffff:a00:0/104': ['10.255.0.1', '11.0.0.1'],
      '::ffff:198.51.100.0/127': ['198.51.100.1', '198.51.100.2'],
      '::ffff:198.51.100.1': ['198.51.100.1', '198.51.100.2'],
      '::ffff:0.0.0.0/97': ['127.0.0.1', '128.0.0.1'],
    }
    for (const [network, [inside, outside]] of Object.entries(trusts)) {
      expect(clientOf(inside, '203.0.113.9', [network]), network).to.equal('203.0.113.9')
      expect(clientOf(`::ffff:${inside}`, '203.0.113.9', [network]), network).to.equal('203.0.113.9')
      expect(clientOf(outside, '203.0.113.9', [network]), network).to.equal(outside)
    }
  })

  it('can be named', () => {
    const named: Readonly<Record<string, readonly string[]>> = {
      loopback: ['127.0.0.1', '127.255.0.1', '::1', '::ffff:127.0.0.1'],
      linklocal: ['169.254.1.1', 'fe80::1'],
      uniquelocal: ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12::1'],
    }
    for (const [name, addresses] of Object.entries(named)) {
      for (const from of addresses) expect(clientOf(from, '203.0.113.9', [name]), from).to.equal('203.0.113.9')
      for (const from of ['203.0.113.1', '172.32.0.1', '2001:db8::1'])
        expect(clientOf(from, '1.1.1.1', [name])).to.equal(from)
    }
  })
})
