import {
  type CacheBackend,
  ConflictError,
  calculatePagination,
  generateToken,
  getClientIp,
  hashString,
  validateFileExtension,
  validateFileSize,
  validateUuid,
} from 'plinth'

export const token = generateToken(32)
export const hashed = hashString(token, { algorithm: 'sha256' })
export const isValid = validateUuid('550e8400-e29b-41d4-a716-446655440000')
export const pagination = calculatePagination(100, 2, 20)

const behindProxy = { trust: ['10.0.0.0/8'] }
export const request = { socket: { remoteAddress: '10.0.0.7' }, headers: { 'x-forwarded-for': '203.0.113.9' } }
export const ip = getClientIp(request, behindProxy)

const isSmall = validateFileSize({ maxMegabytes: 5 })
const isPicture = validateFileExtension({ allowed: ['.jpg', '.png'] })
export const fits = isSmall(new Uint8Array(1000)) && isPicture('cat.png')

export function getData(cache: CacheBackend, key: string): Promise<unknown> {
  return cache.get(key)
}

export function rename(taken: ReadonlySet<string>, name: string): string {
  if (taken.has(name)) throw new ConflictError(`There is a "${name}" already.`, { errorCode: 'NAME_TAKEN' })
  return name
}
