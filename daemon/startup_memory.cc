#include "daemon/startup_memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace trunkd {
namespace {

// Code is mapped from its file and never written, so the kernel may drop the pages at any time.
int drop_code_pages(dl_phdr_info* object, size_t, void*) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  for (size_t i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0 ||
        (segment.p_flags & PF_W) != 0) {
      continue;
    }
    const uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
    const uintptr_t from = begin / page * page;
    const size_t size = begin + segment.p_memsz - from;
    // The loader tells addresses as numbers. It is advice, which may be refused.
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    madvise(reinterpret_cast<void*>(from), size, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void give_back_startup_memory() {
  malloc_trim(0);
  dl_iterate_phdr(drop_code_pages, nullptr);
}

}  // namespace trunkd
