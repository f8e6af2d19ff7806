import { isIPv4, isIPv6, SocketAddress } from 'node:net'

/**
 * The one spelling of an IP address: IPv6 as RFC 5952 writes it, IPv4-mapped addresses as the IPv4 address they stand
 * for, without a zone. Undefined for anything else, such as `unknown`, `0x7f.1`, or an address with a port.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text
  if (!isIPv6(text)) return undefined
  const [address = ''] = text.split('%')
  const { address: short } = new SocketAddress({ address, family: 'ipv6' })
  return short.startsWith('::ffff:') && short.includes('.') ? short.slice('::ffff:'.length) : short
}

/**
 * The network whose addresses one customer usually has to himself: an IPv4 address as it is, an IPv6 address cut to
 * its first 64 bits. For limits per client, which would otherwise allow one client 2^64 of them.
 */
export function networkOf(address: string): string {
  const canonical = canonicalAddress(address)
  if (canonical === undefined || isIPv4(canonical)) return canonical ?? address
  return `${canonicalAddress(`${groupsOf(canonical).slice(0, 4).join(':')}::`)}/64`
}

/** The eight groups of an IPv6 address, of which `::` leaves out those that are 0. */
function groupsOf(address: string): readonly string[] {
  const [left = [], right = []] = address.split('::').map(writtenGroups)
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right]
}

/** An IPv4 address at the end counts as one group: only zeros can stand before it, which are as many as are asked for. */
function writtenGroups(part: string): readonly string[] {
  return part.split(':').filter((group) => group !== '')
}
