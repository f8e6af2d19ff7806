import { BlockList, isIP, isIPv4 } from 'node:net'
import { UsageError } from '../errors/usage-error.js'

/**
 * Which proxies stand before the application: how many there are, or the addresses and networks they have
 * (`10.0.0.0/8`, `fd00::/8`, a single address, or `loopback`, `linklocal`, `uniquelocal`).
 */
export type TrustedProxies = number | readonly string[]

/** Whether the hop at this distance (0 is who opened the connection) is one of our own proxies. */
export type TrustTest = (address: string | undefined, distance: number) => boolean

const mostHops = 32

const namedNetworks: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** @throws {UsageError} E_TRUSTED_PROXIES for anything that is no such number or list, or that trusts everybody. */
export function trustTest(trust: TrustedProxies): TrustTest {
  if (typeof trust === 'number') return countedTrust(trust)
  if (!Array.isArray(trust)) throw refused(`"trust: ${String(trust)}" says nothing of who is trusted.`)
  const networks = new BlockList()
  for (const network of (trust as readonly string[]).flatMap(named)) add(networks, network)
  return (address) => address !== undefined && networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

function countedTrust(count: number): TrustTest {
  if (!Number.isInteger(count) || count < 0 || count > mostHops) {
    throw refused(`The number of trusted proxies is an integer from 0 to ${mostHops}, not ${count}.`)
  }
  return (_, distance) => distance < count
}

function named(network: string): readonly string[] {
  return Object.hasOwn(namedNetworks, network) ? namedNetworks[network]! : [network]
}

function add(networks: BlockList, network: string): void {
  const [address = '', bits, ...rest] = network.split('/')
  const version = isIP(address)
  const most = version === 4 ? 32 : 128
  const length = bits === undefined ? most : Number(bits)
  if (version === 0 || address.includes('%') || rest.length > 0 || !/^\d{1,3}$/.test(bits ?? '0') || length > most) {
    throw refused(`"${network}" is neither an IP address nor a network such as 10.0.0.0/8.`)
  }
  const subnet: Subnet = [address, length, version === 4 ? 'ipv4' : 'ipv6']
  if (isEverybody(subnet)) throw refused(`"${network}" holds every address of IPv4, so anybody could say who they are.`)
  networks.addSubnet(...subnet)
}

type Subnet = readonly [address: string, length: number, family: 'ipv4' | 'ipv6']

/** IPv6 has the addresses of IPv4 as well: `::ffff:0:0/96` are all of them. */
function isEverybody(subnet: Subnet): boolean {
  const list = new BlockList()
  list.addSubnet(...subnet)
  return list.check('0.0.0.0') && list.check('255.255.255.255')
}

function refused(problem: string): UsageError {
  return new UsageError(
    'E_TRUSTED_PROXIES',
    `${problem} Give the number of proxies before the application, or a list of their addresses and networks.`,
  )
}
