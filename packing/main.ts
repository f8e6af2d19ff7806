import { bundlePackage } from './bundle.js'

/** Bundles the compiled package in the working directory. */
await bundlePackage(process.cwd())
