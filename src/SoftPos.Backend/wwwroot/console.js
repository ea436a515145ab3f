// The little that the server cannot do: remember the colours, and tell when the live connection is lost.
(() => {
  'use strict';
  globalThis.softposConsole = {
    setTheme(theme) {
      document.documentElement.dataset.theme = theme;
      document.querySelector('meta[name="color-scheme"]').content = theme;
      document.cookie = `softpos-theme=${theme}; path=/; max-age=31536000; samesite=strict`;
    },
  };

  const banner = document.getElementById('components-reconnect-modal');
  const retry = async () => {
    try {
      if (!await Blazor.reconnect()) {
        location.reload();
      }
    } catch {
      // Still out of reach; the banner stays.
    }
  };
  banner.addEventListener('components-reconnect-state-changed', (event) => {
    // The server answers but no longer knows this page, for instance after its restart.
    if (event.detail.state === 'rejected') {
      location.reload();
    }
  });
  document.getElementById('reconnect').addEventListener('click', retry);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && banner.classList.contains('components-reconnect-failed')) {
      retry();
    }
  });
})();
