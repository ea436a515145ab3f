// Posts the token of a one-time link. It stands behind '#', so it was never in a request line.
(async () => {
  'use strict';
  const title = document.getElementById('title');
  const text = document.getElementById('text');
  const how = document.getElementById('how');
  const show = (state) => {
    title.textContent = title.dataset[state];
    text.textContent = text.dataset[state];
    how.hidden = state !== 'refused';
  };

  // The console draws its first page on the server, which must know the colours before it does.
  if (!document.cookie.includes('softpos-theme=')) {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    document.cookie = `softpos-theme=${dark ? 'dark' : 'light'}; path=/; max-age=31536000; samesite=strict`;
  }

  const token = location.hash.slice(1);
  if (!token) {
    return;
  }

  // Two places and no other: an address that came along would lead anywhere.
  const to = new URLSearchParams(location.search).get('to') === 'phone' ? '/phone' : '/';
  history.replaceState(null, '', location.pathname);
  show('busy');
  try {
    const answer = await fetch('/sign-in', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (answer.ok) {
      location.replace(to);
    } else {
      show(answer.status === 429 ? 'crowded' : answer.status >= 500 ? 'broken' : 'refused');
    }
  } catch {
    show('broken');
  }
})();
