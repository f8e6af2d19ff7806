import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../bench/peers', import.meta.url))

/** Installs what the peers need, once, beside them; undefined, or why it could not be done. */
export function installPeers(): string | undefined {
  if (existsSync(`${folder}/node_modules/.package-lock.json`)) return undefined
  const options = ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const { status, error, stderr } = spawnSync('npm', options, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  if (status === 0) return undefined
  return error?.message ?? stderr.trim().split('\n').at(-1) ?? 'npm ci failed'
}
