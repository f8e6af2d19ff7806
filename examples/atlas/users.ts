import { safeEqual, type User } from 'plinth'

const editor: User = { id: 'editor', roles: ['editor'] }

/** Who sends a request: an editor with the token of this example, otherwise nobody. */
export function userOf(authorization: string | undefined): User | null {
  return authorization !== undefined && safeEqual(authorization, 'Bearer atlas') ? editor : null
}
