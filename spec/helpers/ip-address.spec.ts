import { expect } from 'chai'
import * as fc from 'fast-check'
import { canonicalAddress, networkOf } from 'plinth'

describe('canonicalAddress', () => {
  it('gives every address of IPv6 one spelling', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((one) => one.toString(16).padStart(4, '0')).join(':')
        const canonical = canonicalAddress(long)
        expect(canonicalAddress(long.toUpperCase())).to.equal(canonical)
        expect(canonicalAddress(canonical!)).to.equal(canonical)
      }),
    )
    // RFC 5952 section 4.
    expect(canonicalAddress('2001:db8:0:0:1:0:0:1')).to.equal('2001:db8::1:0:0:1')
    expect(canonicalAddress('2001:0db8:0:1:1:1:1:1')).to.equal('2001:db8:0:1:1:1:1:1')
    expect(canonicalAddress('0:0:0:0:0:0:0:0')).to.equal('::')
  })

  it('takes no address for one of IPv4 that only begins like one', () => {
    expect(canonicalAddress('::ffff:1:2')).to.equal('0.1.0.2')
    expect(canonicalAddress('::ffff:1:2:3')).to.equal('::ffff:1:2:3')
    expect(canonicalAddress('::ffff:0:1.2.3.4')).to.equal('::ffff:0:102:304')
    expect(canonicalAddress('::1.2.3.4')).to.equal('::1.2.3.4')
  })
})

const written = (groups: readonly number[]): string => groups.map((one) => one.toString(16)).join(':')

describe('networkOf', () => {
  it('gives all addresses of one customer one name', () => {
    expect(networkOf('203.0.113.9')).to.equal('203.0.113.9')
    expect(networkOf('::ffff:203.0.113.9')).to.equal('203.0.113.9')
    expect(networkOf('2001:db8:1:2:3:4:5:6')).to.equal('2001:db8:1:2::/64')
    expect(networkOf('2001:DB8:1:2::9')).to.equal('2001:db8:1:2::/64')
    expect(networkOf('2001:db8::9')).to.equal('2001:db8::/64')
    expect(networkOf('::1')).to.equal('::/64')
    expect(networkOf('::1.2.3.4')).to.equal('::/64')
    expect(networkOf('fe80::1%eth0')).to.equal('fe80::/64')
    expect(networkOf('2001:0:0:5:a:b:c:d')).to.equal('2001:0:0:5::/64')
    expect(networkOf('0:0:0:5:1:2:3:4')).to.equal('0:0:0:5::/64')
    expect(networkOf('::6:1:2:1.2.3.4')).to.equal('0:0:0:6::/64')
    expect(networkOf('unknown')).to.equal('unknown')
  })

  it('is the same for the first half of an address alone', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
    const half = fc.array(group, { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(half, half, half, (network, host, other) => {
        fc.pre(network.some((one) => one !== 0))
        const name = networkOf(`${written(network)}:${written(host)}`)
        expect(name).to.equal(networkOf(`${written(network)}:${written(other)}`))
        const [first = 0, ...rest] = network
        expect(name).not.to.equal(networkOf(`${written([first ^ 1, ...rest])}:${written(host)}`))
        expect(name).not.to.equal(networkOf(`${written([...network.slice(0, 3), network[3]! ^ 1])}:${written(host)}`))
      }),
    )
  })
})
