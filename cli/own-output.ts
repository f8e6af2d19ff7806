type Write = (text: string, written: () => void) => void

/**
 * Keeps standard output for what the command prints, which may be a document: what an application and its logger write
 * there goes to standard error from now on.
 * @returns writes to standard output.
 */
export function ownOutput({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): Write {
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  return (text, written) => void write(text, () => written())
}
