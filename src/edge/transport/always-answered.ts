const ALWAYS_ANSWERED = /^\/(ping|health|metrics)(\/|\?|$)/;

/** Probes and scrapers: they ask how it is, so they get an answer when it is not well, and over http. */
export function isAlwaysAnswered({ url }: { readonly url?: string | undefined }): boolean {
  return url !== undefined && ALWAYS_ANSWERED.test(url);
}
